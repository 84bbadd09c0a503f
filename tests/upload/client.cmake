tokprep_test(upload_unit_test unit
  SOURCES credentials_test.cpp key_command_test.cpp post_options_test.cpp post_validate_test.cpp rate_limit_test.cpp
          rate_window_test.cpp replies_test.cpp retry_budget_test.cpp retry_test.cpp schedule_date_test.cpp
          secret_test.cpp service_codes_test.cpp transfer_limit_test.cpp upload_window_test.cpp url_test.cpp webhook_test.cpp
  LIBS tokprep_upload OpenSSL::Crypto)
tokprep_test(upload_client_test upload
  SOURCES account_api_test.cpp client_retry_test.cpp curl_api_test.cpp curl_client_test.cpp curl_settings_test.cpp curl_tls_test.cpp
          hook_api_test.cpp media_api_test.cpp post_api_test.cpp post_change_test.cpp validate_api_test.cpp
          webhook_server_test.cpp
  LIBS tokprep_upload tokprep_test_support OpenSSL::Crypto PkgConfig::HTTPLIB)
