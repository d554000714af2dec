"""What every operation needs: requests, retries, errors, drift, logging. It knows no room but itself."""
