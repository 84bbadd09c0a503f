#pragma once

#include <string_view>

#include "upload/http_client.h"

namespace tokprep {

/// Takes one line of an answer's head into `response`: "Content-Type: text/html\r\n" becomes content-type. A status
/// line starts over, as an interim answer (1xx) came before it. A name that repeats keeps the last value.
void note_header_line(std::string_view line, HttpResponse& response);

}  // namespace tokprep
