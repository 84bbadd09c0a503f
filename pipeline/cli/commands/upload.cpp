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

// Enough to keep the line busy while others are looked at; the client holds back what is too many.
constexpr int kAhead = 4;

/// The file that was looked at goes out, and no other: by the name of its descriptor, which no link that somebody puts
/// in its place can lead elsewhere. What is said of it is said of the file.
Result<UploadedFile> send(const FileDescriptor& opened, const std::string& file, const OutputFile& output,
                          AyrshareClient& client, const RunContext& run) {
  const std::string descriptor = fmt::format("/proc/self/fd/{}", opened.get());
  auto uploaded = client.upload({descriptor, upload_name(output), output.mime}, run);
  if (uploaded) return uploaded;
  Error error = std::move(uploaded).error();
  if (error.file == descriptor) error.file = file;
  if (const auto at = error.message.find(descriptor); at != std::string::npos) {
    error.message.replace(at, descriptor.size(), file);
  }
  return fail(std::move(error));
}

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
  if (service == nullptr) {
    done.dry_run = true;
    done.summary =
        fmt::format("uploaded as {} ({}, {})", upload_name(output), output.mime, format_size(output.size_bytes));
    return done;
  }
  TOKPREP_ASSIGN(const FileDescriptor opened, open_input(file, run));
  TOKPREP_ASSIGN(const std::string sha256, sha256_of_file(opened, file, run));
  TOKPREP_ASSIGN(const auto turn, service->ledger().upload_turn(sha256, run.stop));
  if (!session.options.force) {
    const auto until = run.clock->now() + kLeastLife;
    TOKPREP_ASSIGN(const auto url, standing_upload(sha256, until, service->client(), service->ledger(), run));
    if (url) {
      done.urls = {*url};
      done.summary = "hosted already";
      return done;
    }
  }
  TOKPREP_ASSIGN(const UploadedFile uploaded, send(opened, file, output, service->client(), run));
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
    const InputFiles inputs = inputs_of(item);
    RunContext bounded = run;
    bounded.inputs = &inputs;
    auto done = upload(item, session, service.get(), lease, bounded, evidence);
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
