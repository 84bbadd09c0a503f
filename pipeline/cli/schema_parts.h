#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/enum_names.h"
#include "base/json.h"
#include "upload/ayrshare/post_fields.h"

namespace tokprep::cli::schema {

// The pieces JSON Schemas are put together from.

/// "string", "integer", "number", "boolean", "object", "array", "null".
Json of_type(std::string_view type, std::string_view description = "");
Json nullable(Json schema);
Json list_of(Json items);
Json constant(const Json& value);
Json any_of(Json schemas);

/// An object. Members named in `required` must be there; `closed`: there must be no others.
Json object(Json properties, const std::vector<std::string>& required = {}, bool closed = false);

/// One of the names of an enumeration.
template <NamedEnum E>
Json names() {
  Json all = Json::array();
  for (const std::string_view name : names_of<E>()) all.push_back(std::string(name));
  return {{"type", "string"}, {"enum", std::move(all)}};
}

/// What a document like `example` looks like: the types of its members by those they have there, of a list by its first
/// element; null says that anything may stand there.
Json like(const Json& example);

/// The value of an option as the service takes it.
Json value_of_field(const PostField& field);

/// A whole schema: `body` with its name, title and draft.
Json document(std::string_view name, std::string_view title, Json body);

// What several documents have in common.
Json scalar();                ///< a measured value or a limit
Json finding();               ///< a rule that is broken
Json error();                 ///< a typed error
Json plan();                  ///< what was decided
Json file(bool with_digest);  ///< an output

}  // namespace tokprep::cli::schema
