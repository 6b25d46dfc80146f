// A substitute for NVML with one device, "GPU-fake", and an instance of it, "MIG-fake-instance". Each reading
// of the SM clock is 10 MHz lower than the previous one.
#include <cstdio>
#include <cstring>

namespace {

int device;
unsigned sm_clock_mhz = 1980;

}  // namespace

extern "C" {

int nvmlInit_v2() {
  return 0;
}
int nvmlShutdown() {
  return 0;
}

int nvmlDeviceGetHandleByUUID(const char* uuid, void** handle) {
  *handle = &device;
  return std::strcmp(uuid, "GPU-fake") == 0 || std::strcmp(uuid, "MIG-fake-instance") == 0 ? 0 : 6;
}

int nvmlDeviceGetClockInfo(void*, int type, unsigned* mhz) {
  *mhz = type == 1 ? (sm_clock_mhz -= 10) : 2619;
  return 0;
}

int nvmlDeviceGetTemperature(void*, int, unsigned* celsius) {
  *celsius = 41;
  return 0;
}

int nvmlDeviceGetPowerUsage(void*, unsigned* milliwatts) {
  *milliwatts = 123400;
  return 0;
}

int nvmlDeviceGetPowerManagementLimit(void*, unsigned* milliwatts) {
  *milliwatts = 700000;
  return 0;
}

int nvmlDeviceGetCurrentClocksThrottleReasons(void*, unsigned long long* reasons) {
  *reasons = 0x4;
  return 0;
}

int nvmlDeviceGetMigMode(void*, unsigned*, unsigned*) {
  return 3;  // not supported
}

int nvmlSystemGetDriverVersion(char* text, unsigned length) {
  std::snprintf(text, length, "580.65.06");
  return 0;
}

int nvmlDeviceGetVbiosVersion(void*, char* text, unsigned length) {
  std::snprintf(text, length, "96.00.99");
  return 0;
}

}  // extern "C"
