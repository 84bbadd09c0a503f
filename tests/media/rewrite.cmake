tokprep_test(rewrite_test media
  SOURCES rewrite_test.cpp
  LIBS tokprep_codecs_av tokprep_test_clips)
target_compile_definitions(rewrite_test PRIVATE TOKPREP_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
