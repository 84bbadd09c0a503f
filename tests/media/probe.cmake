tokprep_test(probe_test media
  SOURCES probe_test.cpp probe_made_test.cpp stream_times_test.cpp
  LIBS tokprep_codecs_av)
target_compile_definitions(probe_test PRIVATE TOKPREP_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
