tokprep_test(timing_test unit SOURCES timing_test.cpp LIBS tokprep_codecs_av)
tokprep_test(av_parts_test unit SOURCES av_parts_test.cpp LIBS tokprep_codecs_av)
tokprep_test(stream_headers_test unit SOURCES comb_count_test.cpp sequence_header_test.cpp LIBS tokprep_codecs_av)
