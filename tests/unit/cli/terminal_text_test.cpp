#include "pipeline/cli/terminal_text.h"

#include <gtest/gtest.h>

namespace tokprep::cli {
namespace {

TEST(TerminalText, PlainTextStaysAsItIs) {
  EXPECT_EQ(shown("drop/beach (1).mov"), "drop/beach (1).mov");
  EXPECT_EQ(shown("größe 海 🏖️"), "größe 海 🏖️");
}

TEST(TerminalText, WhatATerminalWouldObeyIsEscaped) {
  EXPECT_EQ(shown("a\nb\tc\rd"), "a\\nb\\tc\\rd");
  EXPECT_EQ(shown("\x1b[2J"), "\\x1b[2J");
  EXPECT_EQ(shown("\x7f"), "\\x7f");
  EXPECT_EQ(shown("\xc2\x9b"
                  "31m"),
            "\\x9b"
            "31m");  // C1, obeyed like ESC [
  EXPECT_EQ(shown("gpj.\xe2\x80\xae"
                  "exe"),
            "gpj.\\u202eexe");  // right to left override
  EXPECT_EQ(shown("\xe2\x80\xa8"), "\\u2028");
  EXPECT_EQ(shown(std::string_view("\0", 1)), "\\x00");
}

TEST(TerminalText, BytesThatAreNoUtf8AreShownAsBytes) {
  EXPECT_EQ(shown("a\xff"
                  "b"),
            "a\\xff"
            "b");
  EXPECT_EQ(shown("\xe2\x82"), "\\xe2\\x82");  // cut in the middle
  EXPECT_EQ(shown("\xc0\xaf"), "\\xc0\\xaf");  // overlong
}

TEST(TerminalText, ShorteningKeepsWholeCharacters) {
  EXPECT_EQ(shown_short("abc", 3), "abc");
  EXPECT_EQ(shown_short("äöüß", 3), "äö…");
  EXPECT_EQ(shown_short("海海海海海海", 4), "海…");  // each takes two columns
  EXPECT_EQ(shown_short("海海海海海海", 5), "海海…");
}

}  // namespace
}  // namespace tokprep::cli
