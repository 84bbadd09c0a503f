tokprep_test(sandbox_test upload
  SOURCES client_contract_test.cpp sandbox_contract_test.cpp sandbox_fault_test.cpp sandbox_hook_test.cpp sandbox_limits_test.cpp
          sandbox_history_test.cpp sandbox_post_test.cpp sandbox_server_test.cpp sandbox_upload_test.cpp
  LIBS tokprep_sandbox tokprep_upload PkgConfig::HTTPLIB OpenSSL::Crypto)
