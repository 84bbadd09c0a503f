#include "codecs/cover_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "codecs/av/frame_look.h"
#include "codecs/av/frame_walk.h"
#include "codecs/av/small_picture.h"
#include "codecs/find_cover.h"

namespace tokprep {
namespace {

using namespace av;

constexpr int kPlaces = 24;
constexpr std::int64_t kLeastStepUs = 250'000;  // places closer than that show the same
constexpr std::int64_t kNeighbourUs = 300'000;
constexpr std::int64_t kMarginUs = 4'000'000;  // indexes know decoding times: a seek may land too late
constexpr std::size_t kFewestKeyFrames = 3;
constexpr std::size_t kEnoughKeyFrames = 12;  // where none of so many will do, there is nothing better between them
constexpr int kMostChecked = 4;               // for fades
constexpr int kMostFramesInARow = 1800;
constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::min();

/// A frame that was looked at.
struct Candidate {
  std::int64_t at_us = 0;
  FrameLook look;
  Histogram histogram{};
};

/// A frame between its neighbours; the same picture stands in where there is none.
struct Moment {
  std::int64_t at_us = 0;  ///< of the frame itself
  std::optional<SmallPicture> before, now, after;
};

FrameLook look_among(const Moment& moment) {
  FrameLook look = look_of(*moment.now);
  look.luma_before = look_of(*moment.before).luma_mean;
  look.luma_after = look_of(*moment.after).luma_mean;
  look.fading = is_fading(*moment.before, *moment.now, *moment.after);
  return look;
}

bool is_good(const FrameLook& look) { return !look.unfit() && !look.blurred; }

Histogram mean_of(const std::vector<Candidate>& candidates) {
  Histogram mean{};
  for (const Candidate& one : candidates) {
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += one.histogram[i] / static_cast<double>(candidates.size());
  }
  return mean;
}

class CoverSearch {
 public:
  static Result<CoverSearch> open(const CoverSearchJob& job, const RunContext& run) {
    const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    TOKPREP_ASSIGN(FrameWalk keys, FrameWalk::open(job, 1, run));
    TOKPREP_ASSIGN(FrameWalk rows, FrameWalk::open(job, cores, run));
    return CoverSearch(job, run, std::move(keys), std::move(rows));
  }

  Result<CoverSearchResult> search() {
    TOKPREP_TRY(look_at_key_frames());
    TOKPREP_TRY(check_the_best());
    const std::size_t frames = candidates_.size();
    const bool few = frames < kFewestKeyFrames;
    if (few || (frames < kEnoughKeyFrames && !is_good(by_appeal().front()->look))) TOKPREP_TRY(look_at_all_in_a_row());
    if (candidates_.empty()) return nothing_decodes();
    return result_of(*by_appeal().front());
  }

  Result<CoverSearchResult> judge(std::int64_t at_us) {
    TOKPREP_ASSIGN(const Moment moment, around(at_us));
    if (!moment.now) return nothing_decodes();
    return CoverSearchResult{at_us, look_among(moment), 1};
  }

 private:
  CoverSearch(const CoverSearchJob& job, const RunContext& run, FrameWalk keys, FrameWalk rows)
      : job_(job),
        run_(run),
        shrinker_(job.colour.range == "pc", job.hdr),
        keys_(std::move(keys)),
        rows_(std::move(rows)) {}

  [[nodiscard]] tl::unexpected<Error> nothing_decodes() const {
    return fail(ErrorCode::kCorruptInput, job_.input + ": no frame could be decoded for the cover");
  }

  [[nodiscard]] bool is_inside(std::int64_t at_us) const { return at_us >= 0 && at_us < job_.duration_us; }

  /// The very start and end are where titles and fades are.
  [[nodiscard]] bool is_at_the_edge(std::int64_t at_us) const {
    return at_us < job_.duration_us / 20 || at_us > job_.duration_us - job_.duration_us / 20;
  }

  Status add(const SmallPicture& picture, std::int64_t at_us) {
    candidates_.push_back({at_us, look_of(picture), histogram_of(picture)});
    return {};
  }

  Status look_at_key_frames() {
    const std::int64_t middle_us = job_.duration_us - job_.duration_us / 10;
    const auto places = static_cast<int>(std::clamp<std::int64_t>(middle_us / kLeastStepUs, 1, kPlaces));
    std::set<std::int64_t> seen;
    const auto is_new = [&](std::int64_t at_us) { return seen.insert(at_us).second; };
    const auto look = [&](const AVFrame& frame, std::int64_t at_us) -> Result<bool> {
      if (!is_inside(at_us)) return true;
      TOKPREP_ASSIGN(const SmallPicture picture, shrinker_.shrink(frame));
      TOKPREP_TRY(add(picture, at_us));
      return true;
    };
    for (int i = 0; i < places; ++i) {
      run_.report("thumbnail", static_cast<double>(i) / places);
      if (!keys_.seek(job_.duration_us / 20 + middle_us * (2 * i + 1) / (2 * places))) return {};
      TOKPREP_TRY(keys_.key_frame(is_new, look, run_));
    }
    return {};
  }

  /// All that can be shown from the start of the stretch on, looked at every 0.3 s, and each frame held against those
  /// looked at before and after it.
  Status look_at_all_in_a_row() {
    candidates_.clear();
    if (!rows_.seek(0)) {
      TOKPREP_ASSIGN(rows_, FrameWalk::open(job_, 0, run_));
    }
    std::vector<std::pair<std::int64_t, SmallPicture>> last;  // three at most
    std::int64_t next_us = kAll;
    int frames = 0;
    const auto look = [&](const AVFrame& frame, std::int64_t at_us) -> Result<bool> {
      if (at_us >= job_.duration_us || ++frames > kMostFramesInARow) return false;
      if (at_us < next_us || at_us < 0) return true;
      next_us = at_us + kNeighbourUs;
      TOKPREP_ASSIGN(SmallPicture picture, shrinker_.shrink(frame));
      TOKPREP_TRY(add(picture, at_us));
      last.emplace_back(at_us, std::move(picture));
      settle_middle(last);
      return true;
    };
    return rows_.frames(job_.duration_us, look, run_);
  }

  /// Of the last three pictures the middle one has both its neighbours now.
  void settle_middle(std::vector<std::pair<std::int64_t, SmallPicture>>& last) {
    if (last.size() < 3) return;
    FrameLook& look = candidates_[candidates_.size() - 2].look;
    look.luma_before = candidates_[candidates_.size() - 3].look.luma_mean;
    look.luma_after = candidates_.back().look.luma_mean;
    look.fading = is_fading(last[0].second, last[1].second, last[2].second);
    last.erase(last.begin());
  }

  [[nodiscard]] std::vector<Candidate*> by_appeal() {
    const Histogram mean = mean_of(candidates_);
    double sharpest = 0;
    for (const Candidate& one : candidates_) sharpest = std::max(sharpest, one.look.sharpness);
    std::vector<std::pair<double, Candidate*>> order;
    for (Candidate& one : candidates_) {
      constexpr double kLessAtTheEdge = 0.5;
      const double less = is_at_the_edge(one.at_us) ? kLessAtTheEdge : 0;
      order.emplace_back(appeal_of(one.look, sharpest, distance(one.histogram, mean)) - less, &one);
    }
    std::ranges::stable_sort(order, std::ranges::greater{}, &std::pair<double, Candidate*>::first);
    std::vector<Candidate*> best;
    for (const auto& [appeal, one] : order) best.push_back(one);
    return best;
  }

  /// Holds the best of the key frames against their neighbours, until one stands in no fade.
  Status check_the_best() {
    std::vector<Candidate*> order = by_appeal();
    if (order.size() > kMostChecked) order.resize(kMostChecked);
    for (Candidate* one : order) {
      if (one->look.unfit()) return {};
      TOKPREP_ASSIGN(const Moment moment, around(one->at_us));
      if (!moment.now) continue;
      one->look = look_among(moment);
      if (!one->look.unfit()) return {};
    }
    return {};
  }

  /// The frame shown at an instant, and those 0.3 s before and after it.
  Result<Moment> around(std::int64_t at_us) {
    Moment moment;
    for (const std::int64_t margin_us : {kNeighbourUs, kMarginUs, job_.duration_us}) {
      if (!rows_.seek(std::max<std::int64_t>(0, at_us - margin_us))) {
        TOKPREP_ASSIGN(rows_, FrameWalk::open(job_, 0, run_));
      }
      TOKPREP_ASSIGN(moment, moment_from_here(at_us));
      if (moment.now && (moment.at_us <= at_us || margin_us >= at_us)) break;
    }
    return moment;
  }

  Result<Moment> moment_from_here(std::int64_t at_us) {
    FramePtr before, now, last;
    Moment moment;
    const auto keep = [](FramePtr& slot, const AVFrame& frame) { slot.reset(av_frame_clone(&frame)); };
    const auto look = [&](const AVFrame& frame, std::int64_t shown_us) -> Result<bool> {
      const bool shown = shown_us <= at_us;
      if (!shown && now && shown_us >= job_.duration_us) return false;
      if (!before || shown_us <= at_us - kNeighbourUs) keep(before, frame);
      if (!now || shown) {
        keep(now, frame);
        moment.at_us = shown_us;
      }
      keep(last, frame);
      return shown_us < at_us + kNeighbourUs;
    };
    TOKPREP_TRY(rows_.frames(at_us - 2 * kNeighbourUs, look, run_));
    if (!now) return moment;
    TOKPREP_ASSIGN(moment.before, shrinker_.shrink(*before));
    TOKPREP_ASSIGN(moment.now, shrinker_.shrink(*now));
    TOKPREP_ASSIGN(moment.after, shrinker_.shrink(*last));
    return moment;
  }

  /// Offsets are given in whole milliseconds: the first at which the frame is there.
  [[nodiscard]] CoverSearchResult result_of(const Candidate& best) const {
    std::int64_t at_us = (best.at_us + 999) / 1000 * 1000;
    if (at_us >= job_.duration_us) at_us = best.at_us / 1000 * 1000;
    return {at_us, best.look, static_cast<int>(candidates_.size())};
  }

  const CoverSearchJob& job_;
  const RunContext& run_;
  Shrinker shrinker_;
  FrameWalk keys_;  ///< key frames, one at a time: more threads would only wait
  FrameWalk rows_;
  std::vector<Candidate> candidates_;
};

}  // namespace

Result<CoverSearchResult> find_cover(const CoverSearchJob& job, const RunContext& run) {
  if (job.at_us && (*job.at_us < 0 || *job.at_us >= job.duration_us)) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("the offset {} ms lies outside the {} ms there are",
                                                         *job.at_us / 1000, job.duration_us / 1000));
  }
  TOKPREP_ASSIGN(CoverSearch search, CoverSearch::open(job, run));
  return job.at_us ? search.judge(*job.at_us) : search.search();
}

}  // namespace tokprep
