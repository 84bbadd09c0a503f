#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "pipeline/cli/commands/commands.h"
#include "pipeline/cli/commands/post_confirm.h"
#include "pipeline/cli/commands/status_poll.h"
#include "pipeline/cli/terminal_text.h"
#include "pipeline/explain.h"
#include "pipeline/withdraw.h"
#include "upload/url.h"

namespace tokprep::cli {
namespace {

Error needs_yes() {
  Error error;
  error.code = ErrorCode::kInvalidArgument;
  error.message = "cancel deletes posts at the service, and there is no terminal to ask on";
  error.fix = "add --yes, or --dry-run to see what would be done";
  return error;
}

Error declined() {
  Error error;
  error.code = ErrorCode::kCancelled;
  error.message = "nothing was taken back";
  return error;
}

/// The post of that id, each once. Of one that the ledger does not know nothing but the id is known.
Result<std::vector<WatchedPost>> find_posts(const std::vector<std::string>& ids, Ledger& ledger) {
  std::vector<WatchedPost> posts;
  for (const std::string& id : ids) {
    if (std::ranges::find(posts, id, &WatchedPost::id) != posts.end()) continue;
    TOKPREP_ASSIGN(const auto row, ledger.find_by_post_id(id));
    if (row) posts.push_back(watched(*row));
    else posts.emplace_back().id = id;
  }
  return posts;
}

bool is_unlisted(const WatchedPost& post) { return !post.in_ledger; }

std::string question(const std::vector<WatchedPost>& posts, const Service& service, const Settings& settings) {
  std::string text =
      fmt::format("To be taken back from {} (key {}…):\n", shown(shown_url(settings.api_url)), service.account());
  for (const WatchedPost& post : posts) {
    text +=
        fmt::format("  {} (id {}", post.in_ledger ? shown(post.in_ledger->item) : "not on record here", shown(post.id));
    if (!post.schedule_date.empty()) text += fmt::format(", goes out {}", shown(post.schedule_date));
    text += ")\n";
  }
  return text + "What is taken back does not go out, and can be posted anew.\nTake back? [y/N] ";
}

/// As the ledger has it; of one that it does not know, its id alone.
LedgerPost known_of(const WatchedPost& post) {
  if (post.in_ledger) return *post.in_ledger;
  LedgerPost unlisted;
  unlisted.post_id = post.id;
  unlisted.state = LedgerState::kAccepted;
  unlisted.post_status = name_of(PostState::kUnknown);
  return unlisted;
}

/// Takes one back, and says so where that had been done before.
void cancel_one(WatchedPost& post, Service& service, Session& session) {
  LedgerPost known = known_of(post);
  const auto withdrawn = withdraw(known, service.client(), service.ledger(), session.context());
  post = watched(known);
  if (!withdrawn) post.error = explained(withdrawn.error(), session.rules);
  else if (*withdrawn == Withdrawal::kAlready)
    session.out.on(ItemNote{known.item, fmt::format("{} was taken back before; nothing was sent", known.post_id)});
}

/// What would be done, as far as the ledger can tell.
void plan_one(WatchedPost& post, Session& session) {
  if (is_unlisted(post)) {
    post.error = Error{};
    post.error->code = ErrorCode::kOutcomeUnknown;
    post.error->message = "it is not on record here, and a dry run does not ask the service";
    return;
  }
  const LedgerPost& row = *post.in_ledger;
  if (Status may = check_withdrawable(row, session.context().clock->now()); !may) {
    post.error = may.error();
    return;
  }
  const bool was_before = row.state == LedgerState::kCancelled;
  session.out.on(ItemNote{
      row.item, fmt::format("{} {}", row.post_id, was_before ? "was taken back before" : "would be taken back")});
}

/// The posts, once the user wants them taken back.
Result<std::vector<WatchedPost>> confirmed(const CancelCommand& command, Service& service, Session& session) {
  TOKPREP_ASSIGN(auto posts, find_posts(command.ids, service.ledger()));
  if (session.options.dry_run) return posts;
  if (!command.yes && !ask(question(posts, service, session.settings), session.signals.token()))
    return fail(declined());
  if (std::ranges::none_of(posts, is_unlisted)) return posts;
  // An earlier key of the same account may have them, which only the service can tell. Where it does not, each post's
  // own call says why.
  (void)service.check_account(session.context());
  return find_posts(command.ids, service.ledger());
}

}  // namespace

int run_cancel(const CancelCommand& command, Session& session) {
  const bool dry_run = session.options.dry_run;
  if (!dry_run && !command.yes && (session.options.json || !can_ask())) return session.give_up(needs_yes());
  auto service = Service::open(session.settings, session.keys);
  if (!service) return session.give_up(service.error());
  auto posts = confirmed(command, **service, session);
  if (!posts) return session.give_up(posts.error());
  std::vector<ItemOutcome> outcomes;
  for (WatchedPost& post : *posts) {
    if (dry_run) plan_one(post, session);
    else cancel_one(post, **service, session);
    session.out.on(event_of(post));
    outcomes.push_back(outcome_of(post, false));
  }
  return session.finish(outcomes);
}

}  // namespace tokprep::cli
