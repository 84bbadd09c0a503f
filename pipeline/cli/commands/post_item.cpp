#include "pipeline/cli/commands/post_item.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "pipeline/certificate.h"
#include "pipeline/certificate_index.h"
#include "pipeline/explain.h"
#include "pipeline/publish.h"

namespace tokprep::cli {
namespace {

PostSubject subject_of(const Prepared& prepared) {
  PostSubject subject;
  subject.is_video = prepared.kind == "video";
  subject.image_count = subject.is_video ? 0 : static_cast<int>(prepared.plans.size());
  subject.duration_us = prepared.duration_us;
  return subject;
}

PublishRequest request_of(const Item& item, const Readied& ready) {
  PublishRequest request;
  request.item = item.name;
  request.outputs = ready.prepared.outputs;
  request.source_digests = ready.prepared.source_digests;
  request.cover_is_own = ready.cover_is_own;
  request.options = ready.settings.post;
  if (ready.settings.convert.thumbnail_auto && ready.prepared.cover_at_us) {
    request.options.thumbnail_offset_ms = *ready.prepared.cover_at_us / 1000;
    request.offset_is_chosen = true;
  }
  request.subject = subject_of(ready.prepared);
  // An earlier run's files come without their plans.
  if (!request.subject.is_video) {
    request.subject.image_count =
        static_cast<int>(std::ranges::count(request.outputs, std::string_view("media"), &OutputFile::role));
  }
  return request;
}

/// The names the outputs would get, in place of the URLs they would have.
std::vector<std::string> names_of_outputs(const Item& item, const Prepared& prepared) {
  const std::string stem = prepared.output_stem.generic_string();
  if (!item.photo_folder) return {fmt::format("{}.{}", stem, prepared.plans.front().extension)};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < prepared.plans.size(); ++i) {
    names.push_back(fmt::format("{}/{:02}.{}", stem, i + 1, prepared.plans[i].extension));
  }
  return names;
}

ItemOutcome report_plan(const Item& item, const Readied& ready, Json photos, Session& session) {
  const PostSubject subject = subject_of(ready.prepared);
  if (Status valid = validate(ready.settings.post, subject, post_limits(session.rules)); !valid) {
    return failed(session.out, item, std::move(valid).error());
  }
  PostOptions options = ready.settings.post;
  if (ready.cover_is_own && !options.thumbnail_url) {
    options.thumbnail_url = ready.prepared.output_stem.generic_string() + ".cover.jpg";
    options.thumbnail_offset_ms.reset();
  }
  ItemDone done = done_event(item, ready.prepared, true, std::move(photos));
  done.request = post_body(options, names_of_outputs(item, ready.prepared), subject.is_video);
  session.out.on(done);
  return {};
}

ItemOutcome report_posted(const Item& item, const Readied& ready, const Published& published, Json photos,
                          Session& session) {
  if (published.already) {
    session.out.on(ItemSkipped{item.name, ready.prepared.kind, "posted by an earlier run", ready.prepared.outputs,
                               published.post});
    return {ItemState::kSkipped};
  }
  ItemDone done = done_event(item, ready.prepared, false, std::move(photos));
  done.urls = published.urls;
  done.post = published.post;
  session.out.on(done);
  return {};
}

std::filesystem::path certificate_of(Item item, const ItemPlan& plan, const Readied& ready) {
  item.output_stem = ready.prepared.output_stem;
  return certificate_path(item, plan.output_dir);
}

/// With the rule behind the service's words and what was measured of this item.
ItemOutcome report_refused(const Item& item, const ItemPlan& plan, const Readied& ready, const Error& error,
                           Service& service, Session& session) {
  service.health().note_failure(error);
  ItemEvidence evidence;
  if (auto read = read_evidence(certificate_of(item, plan, ready))) evidence = std::move(*read);
  evidence.caption = ready.settings.post.caption;
  return failed(session.out, item, explained(error, session.rules, evidence));
}

/// The item is left for another run where the service counts as down.
std::optional<ItemOutcome> left_untried(const Item& item, Service& service, Session& session) {
  Status up = service.health().check();
  if (up) return std::nullopt;
  service.health().note_untried();
  return failed(session.out, item, std::move(up).error());
}

}  // namespace

Status check_post(const Item& item, bool is_video, const ItemSettings& settings, const Rules& rules) {
  PostSubject subject;
  subject.is_video = is_video;
  subject.image_count = is_video ? 0 : static_cast<int>(item.sources.size());
  return validate(settings.post, subject, post_limits(rules));
}

ItemOutcome post_item(const Item& item, const ItemPlan& plan, Session& session, Service* service, WorkerLease& lease,
                      const RunContext& run, Turnstile::Turn& turn, const PostTiming& timing) {
  if (service != nullptr) {
    if (auto left = left_untried(item, *service, session)) return *left;
  }
  Json photos;
  auto ready = ready_item(item, plan, session, lease, run, photos);
  lease.give_back();  // another item is converted while this one is uploaded
  if (!ready) return failed(session.out, item, std::move(ready).error(), std::move(photos));
  if (service == nullptr) {
    turn.wait();
    return report_plan(item, *ready, std::move(photos), session);
  }
  if (auto left = left_untried(item, *service, session)) return *left;
  // Without it a later `explain` lacks its numbers, and nothing else.
  (void)remember_certificate(state_folder(), item.name, certificate_of(item, plan, *ready));
  PublishRequest request = request_of(item, *ready);
  request.over_cap = timing.over_cap;
  request.calendar = timing.calendar;
  request.validate = ready->settings.validate;
  request.is_once_for_its_media = timing.is_once_for_its_media;
  request.on_remark = [&](const std::string& remark) { session.out.on(ItemNote{item.name, remark}); };
  // The parts of one item are alike by design; whether their numbers tell them apart is for the service to say.
  request.allow_duplicate_text = timing.allow_duplicate_text || item.part.has_value();
  auto slot = service->upload_slots().take(run.stop);
  if (!slot) return failed(session.out, item, std::move(slot).error());
  const auto published = publish(request, service->client(), service->ledger(), session.rules, run, [&] {
    slot->give_back();
    turn.wait();
  });
  if (!published) return report_refused(item, plan, *ready, published.error(), *service, session);
  if (!published->already) service->health().note_success();
  return report_posted(item, *ready, *published, std::move(photos), session);
}

}  // namespace tokprep::cli
