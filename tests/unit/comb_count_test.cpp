// The verdict on fields, from signs written by hand.
#include "codecs/av/comb_count.h"

#include <gtest/gtest.h>

namespace tokprep::av {
namespace {

using Run = std::vector<FieldSigns>;

/// One letter a frame: p progressive, t top first, b bottom first, ? unclear; T and B: combed (as the order given) with
/// the top or bottom field repeated.
Run run_of(std::string_view letters, FieldSigns::Comb order = FieldSigns::Comb::kTopFirst) {
  Run run;
  for (const char letter : letters) {
    FieldSigns signs;
    if (letter == 'p') signs.comb = FieldSigns::Comb::kProgressive;
    if (letter == 't') signs.comb = FieldSigns::Comb::kTopFirst;
    if (letter == 'b') signs.comb = FieldSigns::Comb::kBottomFirst;
    if (letter == 'T') signs = {order, FieldSigns::Repeat::kTop};
    if (letter == 'B') signs = {order, FieldSigns::Repeat::kBottom};
    run.push_back(signs);
  }
  return run;
}

TEST(FieldVerdict, NeedsTenFramesThatTell) {
  EXPECT_EQ(judge_fields({}).order, FieldOrder::kUnknown);
  EXPECT_EQ(judge_fields({run_of("ppppppppp???????????????????")}).order, FieldOrder::kUnknown);
  EXPECT_EQ(judge_fields({run_of("ppppp"), run_of("ppppp")}).order, FieldOrder::kProgressive);
}

TEST(FieldVerdict, ToleratesNoiseOnProgressiveFrames) {
  EXPECT_EQ(judge_fields({run_of("pppppppptpppppppppppp")}).order, FieldOrder::kProgressive);
  EXPECT_EQ(judge_fields({run_of("ppppppppttppppppppbpp")}).order, FieldOrder::kUnknown);
}

TEST(FieldVerdict, FindsFieldsAmongStillFrames) {
  EXPECT_EQ(judge_fields({run_of("ppppppttttpppp??")}).order, FieldOrder::kTopFirst);
  EXPECT_EQ(judge_fields({run_of("ppppppbbbbpppp??")}).order, FieldOrder::kBottomFirst);
  EXPECT_EQ(judge_fields({run_of("ttttbbbbttbb")}).order, FieldOrder::kUnknown);  // combed, and no order in it
  EXPECT_FALSE(judge_fields({run_of("ppppppttttpppp??")}).clear);
  EXPECT_TRUE(judge_fields({run_of("tttttttttttttttttt")}).clear);
}

TEST(FieldVerdict, FindsTelecineByItsRhythm) {
  const auto top = judge_fields({run_of("ptTtBptTtBptTtB")});
  EXPECT_TRUE(top.telecine);
  EXPECT_EQ(top.order, FieldOrder::kTopFirst);
  const auto bottom = judge_fields({run_of("TbpbBbTbpbBbTbpbBbTbp", FieldSigns::Comb::kBottomFirst)});
  EXPECT_FALSE(bottom.telecine);  // repeats, but not in fives
  const auto later = judge_fields({run_of("tBptTtBptTtBptTtBptT")});
  EXPECT_TRUE(later.telecine);  // wherever in the rhythm a run begins
}

TEST(FieldVerdict, IsNotTelecineWithoutRepeatedFields) {
  EXPECT_FALSE(judge_fields({run_of("pttppttpppttppttpppt")}).telecine);
  EXPECT_FALSE(judge_fields({run_of("tttttttttttttttttttt")}).telecine);
  EXPECT_FALSE(judge_fields({run_of("ttTttttttttBtttttttt")}).telecine);
}

}  // namespace
}  // namespace tokprep::av
