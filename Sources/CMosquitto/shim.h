#pragma once
// libmosquitto: https://mosquitto.org/api/files/mosquitto-h.html. The MQTT 5 header must be included beside it.
#include <mosquitto.h>
#include <mqtt_protocol.h>
