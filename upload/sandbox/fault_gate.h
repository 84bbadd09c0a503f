#pragma once

#include <string>
#include <vector>

#include "upload/sandbox/exchange.h"
#include "upload/sandbox/fault.h"
#include "upload/sandbox/site.h"

namespace tokprep::sandbox {

/// What one request meets, decided once and applied around its handler: the only place that makes things fail.
class FaultGate {
 public:
  /// Decides. `site` and `exchange` must outlive the gate.
  FaultGate(Site& site, Exchange& exchange);

  /// Before the handler. False: the request must not be acted on; its answer, if any, has been written.
  bool before();

  /// After the handler, or instead of it.
  void after();

  [[nodiscard]] std::vector<std::string> names() const;

 private:
  void set_conditions();
  bool stall_before();
  void withdraw_ticket();
  void answer_instead();
  void refuse_as_limited();
  void refuse_as_broken();
  void shift_dates(std::int64_t seconds);
  void end_badly();

  Site& site_;
  Exchange& exchange_;
  std::vector<Fault> faults_;
  Fault strike_;  // the one that is no condition
  bool has_strike_ = false;
};

}  // namespace tokprep::sandbox
