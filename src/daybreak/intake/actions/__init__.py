"""What people do with files: keep a mapping, bring a file in, stop it, mend its refused rows, take it back, hand out keys."""
