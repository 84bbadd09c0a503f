#include "upload/sandbox/gate.h"

#include "base/digest.h"

namespace tokprep::sandbox {
namespace {

/// Digests have one length and no relation to where two keys begin to differ.
bool same_secret(std::string_view a, std::string_view b) {
  const std::string digest_a = sha256_of(a);
  const std::string digest_b = sha256_of(b);
  unsigned difference = 0;
  for (std::size_t i = 0; i < digest_a.size(); ++i) {
    difference |= static_cast<unsigned char>(digest_a[i]) ^ static_cast<unsigned char>(digest_b[i]);
  }
  return difference == 0;
}

}  // namespace

bool Gate::knows(std::string_view authorization) const {
  constexpr std::string_view kScheme = "Bearer ";
  return authorization.starts_with(kScheme) && same_secret(authorization.substr(kScheme.size()), api_key_);
}

Gate::Count Gate::count_call(const std::string& profile, std::int64_t now_ms) {
  constexpr std::int64_t kDayMs = 86'400'000;
  const std::lock_guard lock(mutex_);
  Window& window = windows_[profile];
  if (window.calls == 0 || now_ms - window.opened_ms >= window_ms_) {
    window.opened_ms = now_ms;
    window.calls = 0;
  }
  Count count{.calls = ++window.calls, .too_many = window.calls > calls_per_window_, .suspended = window.suspended};
  if (!count.too_many) return count;
  while (!window.refused_ms.empty() && now_ms - window.refused_ms.front() >= kDayMs) window.refused_ms.pop_front();
  window.refused_ms.push_back(now_ms);
  if (window.refused_ms.size() >= kRefusalsUntilSuspended) window.suspended = true;
  return count;
}

}  // namespace tokprep::sandbox
