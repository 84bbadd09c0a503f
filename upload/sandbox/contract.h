#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "upload/sandbox/fields.h"

namespace tokprep::sandbox {

/// What the service documents of one endpoint: everything that may be sent, whether our client sends it or not.
struct Contract {
  std::string_view endpoint;  ///< its name in fault scripts and counts: "post", "upload_url", …
  std::string_view method;
  std::string_view path;                      ///< below /api, or of the whole server; may end in `/*`
  std::span<const Field> body{};              ///< of a JSON body; empty: its handler knows more than a table can
  std::span<const std::string_view> query{};  ///< names of parameters, lists without their `[0]`
  bool is_api = true;                         ///< below /api: wants the key, counts as a call
};

/// The contract of a route; aborts for a route without one, which is a mistake of ours.
const Contract& contract_of(std::string_view method, std::string_view path, bool is_api);

/// The endpoint's name for the path of a request; "unknown" where there is none.
std::string_view endpoint_of(std::string_view method, std::string_view request_path);

/// True if a fault script may name it.
bool is_endpoint(std::string_view name);

/// The first parameter of the query that is not in the contract. SDKs add `source` to all.
std::optional<Refusal> check_query(const Contract& contract, const std::string& name);

/// What stands for the `*`, empty for a path without one; nothing where the path is another.
std::optional<std::string> match_path(std::string_view pattern, std::string_view path);

}  // namespace tokprep::sandbox
