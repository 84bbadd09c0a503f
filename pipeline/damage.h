#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "codecs/jobs.h"
#include "pipeline/options.h"
#include "pipeline/prepare.h"

namespace tokprep {

/// How much of the source's picture did not make it: frames that decoders concealed or dropped, as time.
std::int64_t lost_us(const TranscodeResult& result, const Examined& examined);

/// Refuses a picture of which more is lost than `most`. Error: kCorruptInput with the seconds lost and the limit.
Status require_little_damage(const TranscodeResult& result, const Examined& examined, const MaxLoss& most,
                             const std::filesystem::path& source);

/// The same of a picture that was copied: it is as damaged as its source. `info` is of the copy, `decoded` what its
/// decoder made of it.
Status require_little_damage(const VerifyResult& decoded, const MediaInfo& info, const MaxLoss& most,
                             const std::filesystem::path& source);

/// What people should know of how it went: damage, silence, clipping, loudness.
std::vector<std::string> result_notes(const TranscodeResult& result, const Examined& examined);

}  // namespace tokprep
