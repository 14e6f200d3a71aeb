#!/bin/sh
# Starts what it is told to, as the image does once it has a configuration.
exec "$@"
