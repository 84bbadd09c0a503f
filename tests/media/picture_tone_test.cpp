// HDR to SDR, against a reference of its own in double precision: ITU-R BT.2100 in, BT.2087's and BT.2407's primaries,
// the roll-off as its header describes it, BT.1886 out.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "tests/media/picture_support.h"

extern "C" {
#include <libavutil/mastering_display_metadata.h>
}

namespace tokprep::test {
namespace {

double pq_eotf(double signal) {
  const double power = std::pow(signal, 1 / 78.84375);
  return 10000 * std::pow(std::max(power - 0.8359375, 0.0) / (18.8515625 - 18.6875 * power), 1 / 0.1593017578125);
}

double pq_inverse(double nits) {
  const double power = std::pow(nits / 10000, 0.1593017578125);
  return std::pow((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power), 78.84375);
}

double hlg_inverse_oetf(double signal) {
  return signal <= 0.5 ? signal * signal / 3 : (std::exp((signal - 0.55991073) / 0.17883277) + 0.28466892) / 12;
}

/// Light of a bt2020 signal, in nits.
Colour light_of(const Colour& rgb, HdrKind kind) {
  Colour light{};
  if (kind == HdrKind::kPq) {
    for (std::size_t i = 0; i < 3; ++i) light[i] = pq_eotf(rgb[i]);
    return light;
  }
  for (std::size_t i = 0; i < 3; ++i) light[i] = hlg_inverse_oetf(rgb[i]);
  const double luminance = 0.2627 * light[0] + 0.6780 * light[1] + 0.0593 * light[2];
  for (double& value : light) value *= 1000 * std::pow(luminance, 0.2);
  return light;
}

Colour in_bt709(const Colour& light) {
  const double r = 1.660491 * light[0] - 0.587641 * light[1] - 0.072850 * light[2];
  const double g = -0.124550 * light[0] + 1.132900 * light[1] - 0.008349 * light[2];
  const double b = -0.018151 * light[0] - 0.100579 * light[1] + 1.118730 * light[2];
  const double luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  const double least = std::min({r, g, b, 0.0});
  const double keep = least < 0 ? luminance / (luminance - least) : 1;
  return {luminance + (r - luminance) * keep, luminance + (g - luminance) * keep, luminance + (b - luminance) * keep};
}

/// Knee at 0.65; above, the Möbius curve through the knee with slope 1 and through (peak, 1).
double rolled_off(double signal, double peak) {
  if (signal <= 0.65) return signal;
  const double span = peak - 0.65;
  const double bend = 0.35 / (span - 0.35);
  const double along = std::min((signal - 0.65) / span, 1.0);
  return 0.65 + 0.35 * along * (1 + bend) / (along + bend);
}

Colour reference(const Colour& rgb, HdrKind kind, double peak_nits) {
  const double peak = std::pow(peak_nits / 203, 1 / 2.4);
  Colour signal = in_bt709(light_of(rgb, kind));
  for (double& value : signal) value = std::min(std::pow(std::max(value, 0.0) / 203, 1 / 2.4), peak);
  const double top = std::max({signal[0], signal[1], signal[2], 1e-9});
  const double gain = rolled_off(top, peak) / top;
  Colour result{};
  for (std::size_t i = 0; i < 3; ++i) result[i] = (rolled_off(signal[i], peak) + signal[i] * gain) / 2;
  return result;
}

av::PictureSteps hdr_steps(HdrKind kind, int width) {
  av::PictureSteps steps = plain_steps(width, kCell);
  steps.hdr = kind;
  steps.colour = {"tv", "bt2020", kind == HdrKind::kPq ? "smpte2084" : "arib-std-b67", "bt2020nc", "left"};
  return steps;
}

/// The patches as they come out; `max_cll` of 0 leaves the frame without metadata.
std::vector<Colour> mapped(HdrKind kind, const std::vector<Colour>& colours, unsigned max_cll = 0,
                           AVPixelFormat format = AV_PIX_FMT_YUV420P10) {
  const int width = static_cast<int>(colours.size()) * kCell;
  auto frame = FrameMaker{format, width, kCell, kBt2020}.make(patches(colours));
  if (max_cll > 0) av_content_light_metadata_create_side_data(frame.get())->MaxCLL = max_cll;
  const auto out = filtered(hdr_steps(kind, width), std::move(frame));
  std::vector<Colour> seen;
  for (std::size_t i = 0; i < colours.size(); ++i) seen.push_back(patch_codes(*out, i));
  return seen;
}

Colour pq_colour(double red_nits, double green_nits, double blue_nits) {
  return {pq_inverse(red_nits), pq_inverse(green_nits), pq_inverse(blue_nits)};
}

std::vector<Colour> pq_greys() {
  std::vector<Colour> colours;
  for (const double nits : {0.0, 0.1, 1.0, 5.0, 20.0, 50.0, 78.0, 100.0, 203.0, 400.0, 600.0, 1000.0, 2000.0, 4000.0})
    colours.push_back(pq_colour(nits, nits, nits));
  return colours;
}

std::vector<Colour> hlg_greys() {
  std::vector<Colour> colours;
  for (int step = 0; step <= 20; ++step) colours.push_back({step / 20.0, step / 20.0, step / 20.0});
  return colours;
}

/// Skin, sky, foliage and fire, by light; then bt2020's own primaries and their pairs.
std::vector<Colour> pq_colours() {
  return {pq_colour(90, 62, 48), pq_colour(30, 18, 12),   pq_colour(120, 170, 260), pq_colour(300, 400, 600),
          pq_colour(20, 35, 12), pq_colour(900, 400, 90), pq_colour(100, 0, 0),     pq_colour(0, 100, 0),
          pq_colour(0, 0, 100),  pq_colour(100, 100, 0),  pq_colour(0, 100, 100),   pq_colour(100, 0, 100)};
}

void expect_reference(HdrKind kind, const std::vector<Colour>& colours, double peak_nits, unsigned max_cll) {
  const auto seen = mapped(kind, colours, max_cll);
  for (std::size_t i = 0; i < colours.size(); ++i) {
    const Colour wanted = codes(reference(colours[i], kind, peak_nits), kBt709, false);
    for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(seen[i][c], wanted[c], 2) << "patch " << i << " component " << c;
  }
}

TEST(ToneMap, PqIsTheReference) {
  expect_reference(HdrKind::kPq, pq_greys(), 4000, 0);
  expect_reference(HdrKind::kPq, pq_colours(), 4000, 0);
  expect_reference(HdrKind::kPq, pq_colours(), 1000, 1000);
}

TEST(ToneMap, HlgIsTheReference) {
  expect_reference(HdrKind::kHlg, hlg_greys(), 1000, 0);
  expect_reference(HdrKind::kHlg,
                   {{0.62, 0.52, 0.46},
                    {0.45, 0.36, 0.30},
                    {0.60, 0.68, 0.78},
                    {0.35, 0.45, 0.25},
                    {0.7, 0, 0},
                    {0, 0.7, 0},
                    {0, 0, 0.7},
                    {0.7, 0.7, 0},
                    {0, 0.7, 0.7},
                    {0.7, 0, 0.7}},
                   1000, 0);
}

TEST(ToneMap, NeutralStaysNeutralAndRampsRise) {
  for (const auto& seen : {mapped(HdrKind::kPq, pq_greys()), mapped(HdrKind::kHlg, hlg_greys()),
                           mapped(HdrKind::kPq, pq_greys(), 4000, AV_PIX_FMT_YUV444P12)}) {
    for (std::size_t i = 0; i < seen.size(); ++i) {
      EXPECT_NEAR(seen[i][1], 128, 1) << i;
      EXPECT_NEAR(seen[i][2], 128, 1) << i;
    }
    for (std::size_t i = 1; i < seen.size(); ++i) EXPECT_GT(seen[i][0], seen[i - 1][0]) << i;
    EXPECT_NEAR(seen.front()[0], 16, 0.5);
    EXPECT_NEAR(seen.back()[0], 235, 0.5);
  }
}

double share_of_signal(double luma) { return (luma - 16) / 219; }

TEST(ToneMap, DiffuseWhiteIsBrightWithRoomAbove) {
  const Colour white = pq_colour(203, 203, 203);
  const double pq_1000 = share_of_signal(mapped(HdrKind::kPq, {white}, 1000)[0][0]);
  const double pq_4000 = share_of_signal(mapped(HdrKind::kPq, {white}, 4000)[0][0]);
  const double hlg = share_of_signal(mapped(HdrKind::kHlg, {{0.75, 0.75, 0.75}})[0][0]);
  EXPECT_NEAR(pq_1000, 0.85, 0.01);
  EXPECT_NEAR(pq_4000, 0.84, 0.01);
  EXPECT_NEAR(hlg, 0.85, 0.01);  // the same light, so the same white
}

TEST(ToneMap, HighlightsKeepTheirDifferences) {
  const auto sky =
      mapped(HdrKind::kPq, {pq_colour(400, 400, 400), pq_colour(600, 600, 600), pq_colour(1000, 1000, 1000)}, 1000);
  EXPECT_GT(sky[1][0] - sky[0][0], 5);
  EXPECT_GT(sky[2][0] - sky[1][0], 5);
}

/// Direction from the white point in CIE 1976 u'v', in degrees.
double hue(double x, double y, double z) {
  const double sum = x + 15 * y + 3 * z;
  return std::atan2(9 * y / sum - 0.4683, 4 * x / sum - 0.1978) * 180 / std::numbers::pi;
}

double hue_of_bt2020(const Colour& light) {
  const auto [r, g, b] = light;
  return hue(0.636958 * r + 0.144617 * g + 0.168881 * b, 0.2627 * r + 0.6780 * g + 0.0593 * b,
             0.028073 * g + 1.060985 * b);
}

/// Of code values in bt709, limited range.
double hue_of_output(const Colour& code) {
  const double y = (code[0] - 16) / 219, cb = (code[1] - 128) / 224, cr = (code[2] - 128) / 224;
  const auto light = [](double signal) { return std::pow(std::clamp(signal, 0.0, 1.0), 2.4); };
  const double r = light(y + 1.5748 * cr), g = light(y - 0.187324 * cb - 0.468124 * cr), b = light(y + 1.8556 * cb);
  return hue(0.412391 * r + 0.357584 * g + 0.180481 * b, 0.212639 * r + 0.715169 * g + 0.072192 * b,
             0.019331 * r + 0.119195 * g + 0.950532 * b);
}

TEST(ToneMap, SaturatedColoursKeepTheirHue) {
  for (const double nits : {50.0, 203.0, 800.0}) {
    const std::vector<Colour> lights = {{nits, 0, 0},    {0, nits, 0},    {0, 0, nits},
                                        {nits, nits, 0}, {0, nits, nits}, {nits, 0, nits}};
    std::vector<Colour> colours;
    for (const auto& [r, g, b] : lights) colours.push_back(pq_colour(r, g, b));
    const auto seen = mapped(HdrKind::kPq, colours, 1000);
    for (std::size_t i = 0; i < lights.size(); ++i) {
      EXPECT_NEAR(std::remainder(hue_of_output(seen[i]) - hue_of_bt2020(lights[i]), 360), 0, 12) << i << " at " << nits;
      EXPECT_GT(std::hypot(seen[i][1] - 128, seen[i][2] - 128), 30) << i << " at " << nits;  // and are not greyed
    }
  }
}

TEST(ToneMap, ScalingAndTurningGoBefore) {
  // Left half white, right half black, standing on its side and twice as large.
  const auto frame = FrameMaker{AV_PIX_FMT_YUV420P10, 256, 128, kBt2020}.make([](int x, int, bool) {
    const double level = x < 128 ? 0.75 : 0;
    return Paint{{level, level, level}, 1};
  });
  av::PictureSteps steps = hdr_steps(HdrKind::kHlg, 0);
  steps.picture = steps.canvas = {64, 128};
  steps.rotation_deg = 90;
  const auto out = filtered(steps, av::FramePtr(av_frame_clone(frame.get())));
  EXPECT_NEAR(mean_codes(*out, 8, 8, 48, 40)[0], 202, 2);
  EXPECT_NEAR(mean_codes(*out, 8, 80, 48, 40)[0], 16, 1);
}

TEST(ToneMap, JpegIsTheSameInItsOwnCodes) {
  const std::vector<Colour> colours = {{0.62, 0.52, 0.46}, {0.75, 0.75, 0.75}, {0.6, 0.68, 0.78}};
  const int width = static_cast<int>(colours.size()) * kCell;
  av::PictureSteps steps = hdr_steps(HdrKind::kHlg, width);
  steps.for_jpeg = true;
  const auto out = filtered(steps, FrameMaker{AV_PIX_FMT_YUV420P10, width, kCell, kBt2020}.make(patches(colours)));
  for (std::size_t i = 0; i < colours.size(); ++i) {
    const Colour wanted = codes(reference(colours[i], HdrKind::kHlg, 1000), kBt601, true);
    const Colour seen = patch_codes(*out, i);
    for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(seen[c], wanted[c], 2) << i;
  }
}

}  // namespace
}  // namespace tokprep::test
