"""What the commands of `convirza` do, one module each; `convirza._cli.app` says what they accept."""
