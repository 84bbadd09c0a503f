tokprep_test(mp4_rewrite_test unit
  SOURCES mp4_rewrite_test.cpp mp4_rewrite_times_test.cpp mp4_rewrite_entries_test.cpp mp4_rewrite_declines_test.cpp
  LIBS tokprep_mp4)
