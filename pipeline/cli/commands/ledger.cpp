#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/text.h"
#include "pipeline/cli/commands/commands.h"
#include "pipeline/cli/commands/ledger_text.h"
#include "pipeline/ledger.h"
#include "pipeline/ledger_view.h"

namespace tokprep::cli {
namespace {

namespace fs = std::filesystem;

fs::path ledger_file() { return state_folder() / "ledger.sqlite"; }

Json typed(Json line, std::string_view type) {
  line["type"] = std::string(type);
  return line;
}

/// What a run that met this problem would end with.
ErrorCode code_of(LedgerProblem::Kind kind) {
  switch (kind) {
    case LedgerProblem::Kind::kStaleIntent:
    case LedgerProblem::Kind::kUnknown:
      return ErrorCode::kOutcomeUnknown;
    case LedgerProblem::Kind::kOverdue:
      return ErrorCode::kTimeout;
    case LedgerProblem::Kind::kExpiredUpload:
      return ErrorCode::kNotCompliant;
    case LedgerProblem::Kind::kDamaged:
    case LedgerProblem::Kind::kForeignKey:
    case LedgerProblem::Kind::kIllegalState:
      break;
  }
  return ErrorCode::kInvalidArgument;  // as opening it for a post would say
}

int check_ledger(LedgerView& view, const Session& session) {
  const auto problems = view.check(session.context().clock->now());
  if (!problems) return session.give_up(problems.error());
  int worst = 0;
  for (const LedgerProblem& problem : *problems) {
    session.out.data(typed(problem, "problem"), problem_text(problem));
    const int code = exit_code(code_of(problem.kind));
    worst = worst == 0 ? code : std::min(worst, code);
  }
  if (problems->empty()) session.out.say(fmt::format("{} is sound", ledger_file().string()));
  return session.end(worst);
}

int show_post(LedgerView& view, const std::string& name, const Session& session) {
  auto stories = view.stories(name);
  if (!stories) return session.give_up(stories.error());
  if (stories->empty()) {
    std::error_code error;
    stories = view.stories(fs::absolute(name, error).lexically_normal().string());
    if (!stories) return session.give_up(stories.error());
  }
  for (const LedgerStory& story : *stories) session.out.data(typed(story, "ledger_post"), story_text(story));
  if (!stories->empty()) return session.end(0);
  Error error;
  error.code = ErrorCode::kInvalidArgument;
  error.message = fmt::format("the ledger has no post '{}'", name);
  error.fix = "tokprep ledger lists them; a post is named by its id, its item's path or its content key";
  return session.give_up(error);
}

LedgerQuery query_of(const LedgerCommand& command, Clock::TimePoint now) {
  LedgerQuery query;
  query.state = command.state;
  if (command.item) query.item = text_of_name(command.item->string());
  query.since = command.since_ago ? now - *command.since_ago : command.since;
  return query;
}

int list_posts(LedgerView& view, const LedgerCommand& command, const Session& session) {
  const auto posts = view.posts(query_of(command, session.context().clock->now()));
  if (!posts) return session.give_up(posts.error());
  for (const LedgerStory& story : *posts) session.out.data(typed(story, "ledger_post"), row_text(story.post));
  if (posts->empty()) session.out.say("the ledger has no such posts");
  return session.end(0);
}

/// A line for each thing a ledger holds, for other programs.
int export_all(LedgerView& view, const Session& session) {
  const auto all = view.export_all();
  if (!all) return session.give_up(all.error());
  session.out.data(typed({{"file", ledger_file().string()}, {"version", all->version}}, "ledger"), "");
  for (const auto& account : all->accounts) session.out.data(typed(account, "ledger_account"), "");
  for (const auto& asset : all->assets) session.out.data(typed(asset, "ledger_asset"), "");
  for (const auto& upload : all->uploads) session.out.data(typed(upload, "ledger_upload"), "");
  for (const auto& story : all->posts) session.out.data(typed(story, "ledger_post"), "");
  for (const auto& delivery : all->deliveries) session.out.data(typed(delivery, "ledger_delivery"), "");
  return session.end(0);
}

bool is_filtered(const LedgerCommand& command) {
  return command.state || command.item || command.since || command.since_ago;
}

}  // namespace

int run_ledger(const LedgerCommand& command, Session& session) {
  std::error_code error;
  if (!fs::exists(ledger_file(), error)) {
    session.out.say(fmt::format("nothing was posted yet: there is no {}", ledger_file().string()));
    return session.end(0);
  }
  auto view = LedgerView::open(ledger_file());
  if (!view) return session.give_up(view.error());
  if (command.check) return check_ledger(*view, session);
  if (command.id) return show_post(*view, *command.id, session);
  if (session.options.json && !is_filtered(command)) return export_all(*view, session);
  return list_posts(*view, command, session);
}

}  // namespace tokprep::cli
