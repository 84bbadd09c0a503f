tokprep_test(image_test media
  SOURCES image_support.cpp image_probe_test.cpp image_convert_test.cpp image_colour_test.cpp image_size_test.cpp
          image_copy_test.cpp
  LIBS tokprep_codecs_vips PkgConfig::VIPS)
target_compile_definitions(image_test PRIVATE TOKPREP_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
