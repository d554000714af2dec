"""What the commands of `convirza` do, one module each; `convirza._terminal` says what they accept."""
