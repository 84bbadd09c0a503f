#include <fmt/format.h>

#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "base/digest.h"
#include "pipeline/cli/commands/commands.h"
#include "pipeline/cli/commands/post_confirm.h"
#include "pipeline/cli/commands/post_item.h"
#include "pipeline/cli/inputs.h"

namespace tokprep::cli {
namespace {

/// Where prepared files go when nobody said: a folder of the state folder that belongs to these inputs, so that a
/// second run finds them again and equal names from elsewhere do not meet.
std::filesystem::path own_output_dir(const std::vector<std::filesystem::path>& inputs) {
  std::string all;
  for (const auto& input : inputs) {
    std::error_code error;
    all += std::filesystem::absolute(input, error).lexically_normal().string() + '\0';
  }
  return state_folder() / "outputs" / sha256_of(all).substr(0, 16);
}

Error needs_yes() {
  Error error;
  error.code = ErrorCode::kInvalidArgument;
  error.message = "a post cannot be undone, and there is no terminal to ask on";
  error.fix = "add --yes, or --dry-run to see what would be sent";
  return error;
}

Error declined() {
  Error error;
  error.code = ErrorCode::kCancelled;
  error.message = "nothing was posted";
  return error;
}

/// The service, once it is known that it can be posted to and that the user wants it.
Result<std::unique_ptr<Service>> open_service(const PostCommand& command, const std::vector<Item>& items,
                                              const ItemPlan& plan, Session& session) {
  TOKPREP_ASSIGN(auto service, Service::open(session.settings, session.keys));
  const auto text = confirmation_text(items, plan, service->account(), session.settings);
  if (!command.yes && !ask(text, session.signals.token())) return fail(declined());
  if (Status answered = service->check_account(session.context()); !answered) {
    Error error = std::move(answered).error();
    if (items.size() > 1) error.message += fmt::format("; none of the {} items was tried", items.size());
    return fail(std::move(error));
  }
  if (service->link_warning()) session.out.on(ItemNote{"", *service->link_warning()});
  return service;
}

/// One sentence for a batch that ran into a service that is down; each item has said so itself.
void tell_untried(int untried, std::size_t items, Output& out) {
  if (untried == 0) return;
  out.say(
      fmt::format("the service seems down: {} of {} items were not tried; run again later, what is done already "
                  "is not done again",
                  untried, items));
}

}  // namespace

int run_post(const PostCommand& command, Session& session) {
  const bool dry_run = session.options.dry_run;
  if (!dry_run && !command.yes && (session.options.json || !can_ask())) return session.give_up(needs_yes());
  const auto calendar = read_calendar(command.calendar, session.context().clock->now());
  if (!calendar) return session.give_up(calendar.error());
  const PostTiming timing{command.over_cap, *calendar ? &**calendar : nullptr, command.allow_duplicate_text};
  const auto output_dir =
      command.output_dir.value_or(own_output_dir(command.manifest ? std::vector{*command.manifest} : command.inputs));
  const InputRequest request{command.inputs, command.carousel, output_dir, command.manifest};
  const auto roots = settings_roots(request);
  const std::vector<Item> items =
      split_where_asked(collect(request, session.out, session.signals.token()), roots, session);
  if (Status fits = check_cover_choice(command.cover, items); !fits) return session.give_up(fits.error());
  const Originals originals(items, command.cover);
  RunStems stems(items);
  std::optional<BegunOutputs> begun;
  if (!dry_run) begun.emplace(state_folder(), output_dir);
  const ItemPlan plan{roots,
                      output_dir,
                      command.cover,
                      items.size() > 1,
                      [&](const Item& item, bool is_video, const ItemSettings& settings) {
                        return check_post(item, is_video, settings, session.rules);
                      },
                      &originals,
                      &stems,
                      begun ? &*begun : nullptr};
  std::unique_ptr<Service> service;
  if (!dry_run) {
    auto opened = open_service(command, items, plan, session);
    if (!opened) return session.give_up(opened.error());
    service = std::move(*opened);
  }
  Turnstile turnstile(items.size());
  const auto handle = [&](const Item& item, WorkerLease& lease, const RunContext& run) {
    Turnstile::Turn turn(turnstile, static_cast<std::size_t>(&item - items.data()));
    return post_item(item, plan, session, service.get(), lease, run, turn, timing);
  };
  const int code = session.run(items, handle, {.ahead = kReadyAhead});
  if (service) tell_untried(service->health().untried(), items.size(), session.out);
  return code;
}

}  // namespace tokprep::cli
