#include "tests/support/json_schema.h"

#include <stdexcept>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace tokprep::test {

std::string schema_faults(const Json& schema, const Json& document) {
  using valijson::adapters::NlohmannJsonAdapter;
  valijson::Schema parsed;
  valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
  parser.populateSchema(NlohmannJsonAdapter(schema), parsed);
  valijson::Validator validator(valijson::Validator::kStrongTypes);
  valijson::ValidationResults results;
  if (validator.validate(parsed, NlohmannJsonAdapter(document), &results)) return "";
  std::string faults;
  for (valijson::ValidationResults::Error fault; results.popError(fault);) {
    for (const std::string& part : fault.context) faults += part;
    faults += ": " + fault.description + "\n";
  }
  return faults.empty() ? "does not fit" : faults;
}

Json closed(Json schema) {
  if (schema.is_object() && schema.contains("properties") && !schema.contains("additionalProperties")) {
    schema["additionalProperties"] = false;
  }
  if (schema.is_structured()) {
    for (Json& part : schema) part = closed(std::move(part));
  }
  return schema;
}

}  // namespace tokprep::test
