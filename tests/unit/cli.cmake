# The program without a process: its command line, its settings, its renderings.
tokprep_test(command_line_test unit SOURCES cli/command_line_test.cpp LIBS tokprep_cli)
tokprep_test(settings_test unit SOURCES cli/settings_test.cpp LIBS tokprep_cli)
tokprep_test(sinks_test unit SOURCES cli/sinks_test.cpp cli/event_lines_test.cpp cli/terminal_text_test.cpp cli/progress_test.cpp
             cli/run_record_test.cpp
             LIBS tokprep_cli)
tokprep_test(cli_parts_test unit SOURCES cli/turnstile_test.cpp cli/slots_test.cpp cli/watch_output_test.cpp cli/status_poll_test.cpp cli/upload_item_test.cpp
             LIBS tokprep_cli)
tokprep_test(link_test unit SOURCES cli/link_test.cpp LIBS tokprep_cli)
