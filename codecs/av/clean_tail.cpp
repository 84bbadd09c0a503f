#include "codecs/av/clean_tail.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace tokprep::av {
namespace {

std::int64_t shown_at(const AVPacket& packet) { return packet.pts != AV_NOPTS_VALUE ? packet.pts : packet.dts; }

}  // namespace

bool CleanTail::hold(AVPacket& packet) {
  // Once one is held all are: the order of decoding must stay.
  if (held_.empty() && shown_at(packet) < from_) return false;
  // Nothing is shown before it is decoded.
  complete_ = complete_ || (packet.dts != AV_NOPTS_VALUE && packet.dts >= end_);
  PacketPtr kept(av_packet_alloc());
  av_packet_move_ref(kept.get(), &packet);
  held_.push_back(std::move(kept));
  return true;
}

std::vector<PacketPtr> CleanTail::release() {
  std::vector<std::int64_t> times;
  times.reserve(held_.size());
  for (const PacketPtr& packet : held_) times.push_back(shown_at(*packet));
  held_.resize(clean_prefix(times, end_));
  return std::exchange(held_, {});
}

std::size_t clean_prefix(const std::vector<std::int64_t>& times, std::int64_t end) {
  std::vector<std::int64_t> least_after(times.size() + 1, std::numeric_limits<std::int64_t>::max());
  for (std::size_t i = times.size(); i-- > 0;) least_after[i] = std::min(least_after[i + 1], times[i]);
  std::size_t longest = 0;
  std::int64_t latest = std::numeric_limits<std::int64_t>::min();
  for (std::size_t count = 1; count <= times.size(); ++count) {
    latest = std::max(latest, times[count - 1]);
    if (latest >= end) break;
    if (latest < least_after[count]) longest = count;
  }
  return longest;
}

}  // namespace tokprep::av
