#include <fmt/format.h>

#include <memory>
#include <utility>

#include "base/digest.h"
#include "base/units.h"
#include "pipeline/cli/commands/commands.h"
#include "pipeline/cli/commands/upload_item.h"
#include "pipeline/cli/inputs.h"
#include "pipeline/cli/service.h"
#include "pipeline/cli/turnstile.h"
#include "pipeline/explain.h"
#include "pipeline/host_media.h"

namespace tokprep::cli {
namespace {

// A URL that is handed out must be of use for a while.
constexpr std::chrono::hours kLeastLife{24};

/// The URL of a file that is hosted already and still there.
Result<std::optional<std::string>> hosted_url(const std::string& sha256, Service& service, const RunContext& run) {
  TOKPREP_ASSIGN(auto url, service.ledger().live_upload(sha256, run.clock->now() + kLeastLife));
  if (!url) return url;
  TOKPREP_ASSIGN(const UrlCheck check, service.client().url_exists(*url, run));
  if (!check.reachable) url.reset();
  return url;
}

// Enough to keep the line busy while others are looked at; the client holds back what is too many.
constexpr int kAhead = 4;

/// What became of one file. `service` is null in a dry run. `evidence` is filled as far as the call came.
Result<ItemDone> upload(const Item& item, Session& session, Service* service, WorkerLease& lease, const RunContext& run,
                        ItemEvidence& evidence) {
  if (item.error) return fail(*item.error);
  if (service != nullptr) TOKPREP_TRY(service->health().check());
  const std::string file = item.sources.front().string();
  TOKPREP_ASSIGN(const MediaInfo info, lease.workers().probe(file, run));
  lease.give_back();  // the next file is looked at while this one is uploaded
  evidence.files = {{file, info}};
  TOKPREP_ASSIGN(const OutputFile output, uploadable(file, info, session.rules));
  ItemDone done;
  done.item = item.name;
  done.kind = std::string(name_of(info.kind));
  const std::string name = upload_name(output);
  if (service == nullptr) {
    done.dry_run = true;
    done.summary = fmt::format("uploaded as {} ({}, {})", name, output.mime, format_size(output.size_bytes));
    return done;
  }
  TOKPREP_ASSIGN(const std::string sha256, sha256_of_file(file, run));
  TOKPREP_ASSIGN(const auto turn, service->ledger().upload_turn(sha256, run.stop));
  if (!session.options.force) {
    TOKPREP_ASSIGN(const auto url, hosted_url(sha256, *service, run));
    if (url) {
      done.urls = {*url};
      done.summary = "hosted already";
      return done;
    }
  }
  TOKPREP_ASSIGN(const UploadedFile uploaded, service->client().upload({file, name, output.mime}, run));
  TOKPREP_TRY(service->ledger().note_upload(sha256, uploaded.url, uploaded.expires_at));
  done.urls = {uploaded.url};
  done.summary = fmt::format("uploaded, there until {}", to_iso8601(uploaded.expires_at));
  return done;
}

}  // namespace

int run_upload(const UploadCommand& command, Session& session) {
  std::unique_ptr<Service> service;
  if (!session.options.dry_run) {
    auto opened = Service::open(session.settings, session.keys);
    if (!opened) return session.give_up(opened.error());
    service = std::move(*opened);
  }
  const std::vector<Item> items = plain_files(command.files, session.out, session.signals.token());
  Turnstile turnstile(items.size());  // the URLs stand in the order of the files
  const auto handle = [&](const Item& item, WorkerLease& lease, const RunContext& run) -> ItemOutcome {
    Turnstile::Turn turn(turnstile, static_cast<std::size_t>(&item - items.data()));
    ItemEvidence evidence;
    auto done = upload(item, session, service.get(), lease, run, evidence);
    turn.wait();
    if (!done) {
      if (service) service->health().note_failure(done.error());
      return failed(session.out, item, explained(std::move(done).error(), session.rules, evidence));
    }
    if (service) service->health().note_success();
    session.out.on(*done);
    return {};
  };
  return session.run(items, handle, {.ahead = kAhead});
}

}  // namespace tokprep::cli
