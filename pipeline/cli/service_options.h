#pragma once

#include <vector>

#include "pipeline/cli/options_table.h"

namespace tokprep::cli {

/// Options of the verbs around a post: explain, ledger, webhook, sandbox, doctor.
std::vector<OptionSpec> service_verb_options();

/// How the service is reached and where keys come from, for every verb that speaks to it.
std::vector<OptionSpec> transport_options();

}  // namespace tokprep::cli
