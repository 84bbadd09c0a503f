#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "pipeline/cli/commands/prepare_item.h"

namespace tokprep::cli {

/// What is about to be posted, for people: the account, the service, and each item with its caption and options. Ends
/// in the question.
std::string confirmation_text(const std::vector<Item>& items, const ItemPlan& plan, const std::string& account,
                              const Settings& settings);

/// True when there is somebody to ask: stdin and stderr are terminals.
bool can_ask();

/// Shows `text`, which ends in the question, and waits for the answer or a stop; only "y" and "yes" are yes.
bool ask(const std::string& text, const std::stop_token& stop);

}  // namespace tokprep::cli
