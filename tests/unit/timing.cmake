tokprep_test(timing_test unit SOURCES timing_test.cpp LIBS tokprep_codecs_av)
