# The picture by measure: made frames through the filters, and made clips through the whole of prepare.
tokprep_test(picture_test media
  SOURCES picture_support.cpp picture_colour_test.cpp picture_tone_test.cpp picture_alpha_test.cpp
          picture_geometry_test.cpp picture_clip_test.cpp picture_fields_test.cpp
  LIBS tokprep_codecs_av tokprep_pipeline tokprep_test_clips)
target_compile_definitions(picture_test PRIVATE TOKPREP_WORKERS="${CMAKE_BINARY_DIR}")
add_dependencies(picture_test tokprep-av-worker tokprep-image-worker)
