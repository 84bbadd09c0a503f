#include "upload/sandbox/storage_words.h"

#include <fmt/format.h>

namespace tokprep::sandbox {

void refuse_as_storage(Exchange& exchange, int status, std::string_view name, std::string_view message) {
  exchange.response().status = status;
  exchange.response().set_content(
      fmt::format("<?xml version='1.0' encoding='UTF-8'?><Error><Code>{}</Code><Message>{}</Message></Error>", name,
                  message),
      "application/xml; charset=UTF-8");
}

}  // namespace tokprep::sandbox
