tokprep_test(sniff_test unit SOURCES sniff_test.cpp LIBS tokprep_codecs)
tokprep_test(still_parsers_test unit SOURCES still_parsers_test.cpp LIBS tokprep_codecs_vips)
tokprep_test(png_parts_test unit SOURCES png_layout_test.cpp png_unfilter_test.cpp LIBS tokprep_codecs_vips)
