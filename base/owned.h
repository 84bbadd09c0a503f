#pragma once

#include <memory>

namespace tokprep {

/// A deleter made of a C free function; takes both `xxx_free(T*)` and `xxx_free(T**)`.
template <auto Free>
struct FreeWith {
  template <class T>
  void operator()(T* object) const noexcept {
    if constexpr (requires { Free(object); }) {
      Free(object);
    } else {
      Free(&object);
    }
  }
};

/// `using FramePtr = Owned<AVFrame, av_frame_free>;`
template <class T, auto Free>
using Owned = std::unique_ptr<T, FreeWith<Free>>;

}  // namespace tokprep
