#include "pipeline/cli/commands/post_item.h"

#include <fmt/format.h>

#include <utility>

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
  const std::string stem = item.output_stem.generic_string();
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
    options.thumbnail_url = item.output_stem.generic_string() + ".cover.jpg";
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

}  // namespace

Status check_post(const Item& item, bool is_video, const ItemSettings& settings, const Rules& rules) {
  PostSubject subject;
  subject.is_video = is_video;
  subject.image_count = is_video ? 0 : static_cast<int>(item.sources.size());
  return validate(settings.post, subject, post_limits(rules));
}

ItemOutcome post_item(const Item& item, const ItemPlan& plan, Session& session, Service* service, Workers& workers,
                      const RunContext& run, Turnstile::Turn& turn) {
  Json photos;
  auto ready = ready_item(item, plan, session, workers, run, photos);
  if (!ready) return failed(session.out, item, std::move(ready).error(), std::move(photos));
  turn.wait();
  if (service == nullptr) return report_plan(item, *ready, std::move(photos), session);
  const auto published = publish(request_of(item, *ready), service->client(), service->ledger(), session.rules, run);
  if (!published) return failed(session.out, item, published.error());
  return report_posted(item, *ready, *published, std::move(photos), session);
}

}  // namespace tokprep::cli
