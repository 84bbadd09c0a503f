// Codec headers read by hand: what they say, and that nothing makes the readers run past the end.
#include "codecs/av/sequence_header.h"

#include <gtest/gtest.h>

#include <string>

#include "codecs/av/aac_config.h"
#include "codecs/av/bit_reader.h"

extern "C" {
#include <libavutil/channel_layout.h>
}

namespace tokprep::av {
namespace {

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

TEST(BitReader, ReadsExpGolomb) {
  const std::string bytes = from_hex("a642989c20");  // 1 010 011 00100 00101 00110 00100111 00001...
  BitReader reader(bytes);
  for (const std::uint32_t expected : {0U, 1U, 2U, 3U, 4U, 5U}) EXPECT_EQ(reader.ue(), expected);
  BitReader with_sign(bytes);
  for (const std::int32_t expected : {0, 1, -1, 2, -2, 3}) EXPECT_EQ(with_sign.se(), expected);
  EXPECT_TRUE(reader.ok());
}

TEST(BitReader, StopsAtTheEnd) {
  BitReader reader("\xFF");
  EXPECT_EQ(reader.bits(9), 0U);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.left(), 0U);
  const std::string zeros(40, '\0');
  BitReader endless(zeros);
  EXPECT_EQ(endless.ue(), 0U);  // a code of 320 zeros is none
  EXPECT_FALSE(endless.ok());
}

TEST(EmulationPrevention, IsTakenOut) {
  EXPECT_EQ(without_emulation_prevention(from_hex("0000030100000300000303")), from_hex("0000010000000003"));
}

// x264, 1920x1080 High 4.0 with bt709 tags, full VUI: avcC as FFmpeg writes it.
const std::string kAvcc =
    "01640028ffe1001e67640028acd940780227e5c05a808080a0000003002000000781e30632c001000668ebe3cb22c0fdf8f800";
// x265, 322x182 Main with bt2020 and PQ tags, cropped: the SPS alone.
const std::string kHevcSps =
    "42010101600000030090000003000003003ca00a480b9c9596566924caf016a122012080000003008000000c84";

TEST(SequenceHeader, OfH264) {
  const auto header = parse_avcc(from_hex(kAvcc));
  ASSERT_TRUE(header);
  EXPECT_EQ(header->width_px, 1920);
  EXPECT_EQ(header->height_px, 1080);
  EXPECT_EQ(header->profile_idc, 100);
  EXPECT_EQ(header->level_idc, 40);
  EXPECT_FALSE(header->may_interlace);
  EXPECT_EQ(header->luma_bits, 8);
  EXPECT_EQ(header->full_range, false);
  EXPECT_EQ(header->matrix, 1);
  EXPECT_EQ(header->reorders, 2);
}

TEST(SequenceHeader, OfHevc) {
  const auto header = parse_hevc_sps(from_hex(kHevcSps));
  ASSERT_TRUE(header);
  EXPECT_EQ(header->width_px, 322);
  EXPECT_EQ(header->height_px, 182);
  EXPECT_EQ(header->profile_idc, 1);
  EXPECT_EQ(header->level_idc, 60);
  EXPECT_EQ(header->primaries, 9);
  EXPECT_EQ(header->transfer, 16);
  EXPECT_EQ(header->matrix, 9);
  EXPECT_FALSE(header->may_interlace);
}

TEST(SequenceHeader, CutAnywhereIsNoneOrTheSameSize) {
  const std::string avcc = from_hex(kAvcc), hevc = from_hex(kHevcSps);
  for (std::size_t size = 0; size < avcc.size(); ++size) {
    const auto header = parse_avcc(std::string_view(avcc).substr(0, size));
    EXPECT_EQ(header ? header->width_px : 1920, 1920) << size;
  }
  for (std::size_t size = 0; size < 24; ++size) {
    EXPECT_FALSE(parse_hevc_sps(std::string_view(hevc).substr(0, size))) << size;
  }
}

TEST(SequenceHeader, OfDamagedBytesIsNeverAbsurd) {
  for (const std::string& whole : {from_hex(kAvcc), from_hex(kHevcSps)}) {
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
      std::string damaged = whole;
      damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
      for (const auto& header : {parse_avcc(damaged), parse_hevc_sps(damaged), parse_hvcc(damaged)}) {
        if (!header) continue;
        EXPECT_GT(header->width_px, 0);
        EXPECT_LE(header->width_px, 65'536);
        EXPECT_GT(header->height_px, 0);
        EXPECT_LE(header->height_px, 131'072);
      }
    }
  }
}

TEST(SequenceHeader, OfTwoSetsIsUnknown) {
  std::string two = from_hex(kAvcc);
  two[5] = static_cast<char>(0xE2);
  EXPECT_FALSE(parse_avcc(two));
  EXPECT_FALSE(parse_avcc(""));
  EXPECT_FALSE(parse_hvcc(""));
}

TEST(SequenceHeader, BehindStartCodes) {
  const std::string avcc = from_hex(kAvcc);
  const std::string sps = avcc.substr(8, 0x1E);
  const auto header = parse_h264_configuration(from_hex("00000001") + sps + from_hex("00000168ebe3cb"));
  ASSERT_TRUE(header);
  EXPECT_EQ(header->width_px, 1920);
  EXPECT_TRUE(parse_h264_configuration(avcc));
}

TEST(AacConfig, OfPlainLowComplexity) {
  const auto stereo = parse_aac_config(from_hex("1190"));
  ASSERT_TRUE(stereo);
  EXPECT_EQ(stereo->sample_rate_hz, 48000);
  EXPECT_EQ(stereo->layout_mask, std::uint64_t{AV_CH_LAYOUT_STEREO});
  EXPECT_EQ(stereo->frame_samples, 1024);
  EXPECT_EQ(parse_aac_config(from_hex("1208"))->sample_rate_hz, 44100);  // mono
}

TEST(AacConfig, WithADoubtIsNone) {
  EXPECT_FALSE(parse_aac_config(from_hex("2b8a0800")));    // HE-AAC, told first
  EXPECT_FALSE(parse_aac_config(from_hex("139056e5a0")));  // HE-AAC, told in the extension
  EXPECT_FALSE(parse_aac_config(from_hex("1390")));        // 22,050 Hz: may be doubled without a word
  EXPECT_TRUE(parse_aac_config(from_hex("139056e500")));   // … unless a word excludes it
  EXPECT_FALSE(parse_aac_config(from_hex("1180")));        // channels told by a program element
  EXPECT_FALSE(parse_aac_config(from_hex("11")));
  EXPECT_FALSE(parse_aac_config(""));
}

}  // namespace
}  // namespace tokprep::av
