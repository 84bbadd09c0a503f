#pragma once

#include <cstdint>
#include <vector>

#include "codecs/av/handles.h"

namespace tokprep::av {

/// Ends a copied stream without harm: packets near the end are held back until it is known where the stream can be
/// cut so that no picture that stays refers to one that goes.
///
/// In decoding order such a place is one before which everything is shown earlier than everything after it; between
/// two groups of B-frames there is one, so at most a few frames are lost against the exact time.
class CleanTail {
 public:
  /// `end` and `window` are ticks of the packets' clock: from `end - window` on packets are held back.
  CleanTail(std::int64_t end, std::int64_t window) : end_(end), from_(end - window) {}

  /// True when the packet was taken; false when it is to be written at once.
  bool hold(AVPacket& packet);

  /// True once no later packet can be shown before the end.
  [[nodiscard]] bool complete() const { return complete_; }

  /// What may be written of the packets held, in order. Ends the tail's work.
  std::vector<PacketPtr> release();

 private:
  std::int64_t end_;
  std::int64_t from_;
  bool complete_ = false;
  std::vector<PacketPtr> held_;
};

/// How many of these presentation times, in decoding order, can stay: the longest run from the front that is shown
/// before `end`, and before everything after it.
std::size_t clean_prefix(const std::vector<std::int64_t>& times, std::int64_t end);

}  // namespace tokprep::av
