#!/usr/bin/env node
/** The command as npm links it; what it does is in src, built into dist. */
import "../dist/main.js";
