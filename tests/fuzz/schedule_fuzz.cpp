// Dates, zones, times of day, sizes and durations, as people write them. The first byte says which is read.
#include "base/units.h"
#include "pipeline/calendar.h"
#include "tests/fuzz/fuzz.h"
#include "upload/ayrshare/post_options.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tokprep;
  if (size == 0) return 0;
  const std::string text(fuzz::text_of(data + 1, size - 1));
  const Clock::TimePoint now{std::chrono::seconds(1'790'000'000)};
  switch (data[0] % 7) {
    case 0: {
      const auto utc = to_utc_schedule(text);
      if (!utc) break;
      const auto again = to_utc_schedule(*utc);
      fuzz::require(again && *again == *utc, "UTC stays as it is");
      break;
    }
    case 1:
      (void)parse_moment(text);
      break;
    case 2:
      (void)check_zone(text);
      break;
    case 3:
      (void)parse_size_bytes(text);
      break;
    case 4: {
      const auto duration = parse_duration(text);
      if (duration) (void)format_duration(*duration);
      break;
    }
    default: {
      CalendarWords words;
      if (data[0] % 7 == 5) words.every = text;
      else words.at = text;
      const auto calendar = read_calendar(words, now);
      if (calendar && *calendar) fuzz::require((*calendar)->next(now) >= now, "the next moment is not past");
    }
  }
  return 0;
}
