// What pages do at once where scripts run. Without this file every button and link works by itself.
import "./acts.js";
import "./fresh.js";
import "./keys.js";
import "./viewer.js";
import "./paging.js";
import "./device.js";
