#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/json.h"
#include "upload/sandbox/codes.h"

namespace tokprep::sandbox {

enum class FieldType { kText, kFlag, kWhole, kTexts, kObject, kObjectOrTrue, kTextOrTexts };

/// One member of a JSON body, as it is documented.
struct Field {
  std::string_view name;
  FieldType type = FieldType::kText;
  bool required = false;
};

/// The first field that nobody knows, whose value is of another type, or that is missing. As strict as can be: a
/// client's slip of the pen should be met here, not in the field. `where` begins the names: "tikTokOptions.".
std::optional<Refusal> check_fields(const Json& object, std::span<const Field> fields, std::string_view where = "");

/// Code 101: "tikTokOptions.title: why".
Refusal refuse_field(std::string_view field, std::string_view why);

}  // namespace tokprep::sandbox
