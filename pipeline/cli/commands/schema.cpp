#include "pipeline/cli/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "pipeline/cli/commands/commands.h"
#include "pipeline/cli/terminal_text.h"

namespace tokprep::cli {
namespace {

Error unknown_schema(const std::string& name) {
  std::vector<std::string_view> names;
  for (const PublishedSchema& one : published_schemas()) names.push_back(one.name);
  const auto near = nearest(name, names);
  Error error;
  error.code = ErrorCode::kInvalidArgument;
  error.message =
      fmt::format("no schema is called '{}'{}", shown(name), near ? fmt::format("; did you mean '{}'?", *near) : "");
  error.fix = fmt::format("there are {}", fmt::join(names, ", "));
  return error;
}

}  // namespace

int run_schema(const SchemaCommand& command, Session& session) {
  const auto schemas = published_schemas();
  if (!command.name) {
    for (const PublishedSchema& one : schemas) {
      session.out.data({{"type", "schema"}, {"name", std::string(one.name)}, {"what", std::string(one.what)}},
                       fmt::format("{:<12} {}", one.name, one.what));
    }
    return session.end(0);
  }
  const auto found = std::ranges::find(schemas, *command.name, &PublishedSchema::name);
  if (found == schemas.end()) return session.give_up(unknown_schema(*command.name));
  const Json schema = found->make();
  session.out.data({{"type", "schema"}, {"name", *command.name}, {"schema", schema}}, to_pretty_text(schema));
  return session.end(0);
}

}  // namespace tokprep::cli
