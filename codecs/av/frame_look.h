#pragma once

#include <array>
#include <vector>

#include "codecs/cover_search.h"

namespace tokprep::av {

/// A picture scaled down for measuring: planes of one size, row by row without gaps.
struct SmallPicture {
  int width_px = 0;
  int height_px = 0;
  std::vector<float> luma;    ///< 0 is black, 1 white
  std::vector<float> cb, cr;  ///< -0.5 to 0.5, 0 is grey
};

/// What a picture looks like by itself; `fading` is left open. Pure.
///
/// Sharpness is the share of the luma's edges that a short blur along them would take away (after Crete, Dolmiere,
/// Ladret and Nicolas, "The blur effect: perception and estimation with a new no-reference perceptual blur metric",
/// SPIE 6492, 2007): what is blurred already loses little. It does not depend on contrast; black bars around the
/// picture are left out.
FrameLook look_of(const SmallPicture& picture);

/// Whether `now` stands in a fade or a dissolve: as good as a mixture of the picture shortly before and the one
/// shortly after, which differ, and on the whole rather than along moving edges. Pure.
///
/// A scene that moves while it fades is no such mixture: there it counts if contrast and brightness shrink together, as
/// they do towards black or white. Where the two pictures differ in brightness alone it counts as a fade only if
/// contrast changes by a quarter: less is a camera that adapts to the light. Pictures of different sizes are not
/// comparable: no fade.
bool is_fading(const SmallPicture& before, const SmallPicture& now, const SmallPicture& after);

/// Shares of the pixels by brightness, then by the two chroma axes.
using Histogram = std::array<double, 48>;
Histogram histogram_of(const SmallPicture& picture);

/// How much of the pixels two histograms place differently, 0 to 1.
double distance(const Histogram& a, const Histogram& b);

/// How good a cover a frame would make beside others of the same video; higher is better. Pure.
///
/// `sharpest` is the highest sharpness among them, `distance_to_mean` how far the frame is from the mean histogram.
/// Whatever makes a frame unfit outweighs everything else.
double appeal_of(const FrameLook& look, double sharpest, double distance_to_mean);

}  // namespace tokprep::av
