"""What every operation needs: requests, retries, errors, drift, logging. Imports nothing else of ours."""
