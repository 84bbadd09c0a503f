tokprep_test(probe_test media
  SOURCES probe_fields_test.cpp probe_headers_test.cpp probe_made_test.cpp probe_starts_test.cpp probe_test.cpp
          stream_times_test.cpp
  LIBS tokprep_codecs_av tokprep_test_clips)
target_compile_definitions(probe_test PRIVATE TOKPREP_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
