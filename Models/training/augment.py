"""Cheap variety for log-mels: other noise, microphones, equalisation, gain, time shifts, speeds and short clips."""

import torch

FLOOR_DB = -100.0


class Augmentation:
    """Works on (n, frames, 64) log-mels in dB; `ambient` are windows to mix in as background."""

    def __init__(self, ambient, generator):
        self.ambient = ambient
        self.generator = generator

    def _uniform(self, count, low, high):
        return low + (high - low) * torch.rand(count, generator=self.generator)

    def _roll(self, mels, stretch=0.0):
        """Starts elsewhere; and, by up to `stretch`, faster or slower: other speeds of the same machine."""
        frames = mels.shape[1]
        start = torch.randint(0, frames, (len(mels), 1), generator=self.generator)
        speed = 1 + self._uniform(len(mels), -stretch, stretch)[:, None]
        places = (start + speed * torch.arange(frames)).long() % frames
        return mels[torch.arange(len(mels))[:, None], places]

    def __call__(self, mels, is_machine):
        mels = self._roll(mels, stretch=0.08)
        count = len(mels)
        power = torch.exp(mels * 0.2302585)
        level = power.mean((1, 2))
        # Another sound behind the machine, 6 to 30 dB below it.
        chosen = torch.nonzero((self._uniform(count, 0, 1) < 0.35) & is_machine).flatten()
        if len(chosen):
            picks = torch.randint(0, len(self.ambient), (len(chosen),), generator=self.generator)
            noise = torch.exp(self._roll(self.ambient[picks].float()) * 0.2302585)
            snr = self._uniform(len(chosen), 6, 30)
            gain = level[chosen] / noise.mean((1, 2)).clamp_min(1e-12) * 10 ** (-snr / 10)
            power[chosen] += gain[:, None, None] * noise
        power *= self._equaliser(count)[:, None, :]
        self._band_limit(power)
        # Converter noise 30 to 75 dB below the signal; it fluctuates as averaged noise power does.
        floor = level * 10 ** (-self._uniform(count, 30, 75) / 10)
        chi = torch.rand(power.shape, generator=self.generator)
        power += floor[:, None, None] * (0.3 - torch.log1p(-chi))
        mels = torch.log(power.clamp_min(1e-12)) / 0.2302585
        mels += self._uniform(count, -12, 12)[:, None, None]
        mels.clamp_min_(FLOOR_DB)
        self._shorten(mels)
        return mels

    def _equaliser(self, count):
        """Smooth random colour of a few dB, as a power factor per band."""
        bands = torch.linspace(0, 1, 64)
        curve = torch.zeros(count, 64)
        for order in (0.5, 1, 2, 3):
            phase = self._uniform(count, 0, 6.2832)[:, None]
            depth = self._uniform(count, 0, 1.6)[:, None]
            curve += depth * torch.cos(6.2832 * order * bands + phase)
        return 10 ** (curve / 10)

    def _band_limit(self, power):
        """Some microphones end at 4 or 8 kHz."""
        draws = self._uniform(len(power), 0, 1)
        for index in torch.nonzero(draws < 0.15).flatten().tolist():
            # Bands are Slaney mels: 4 kHz lies near band 39, 8 kHz near band 53.
            edge = 39 if draws[index] < 0.06 else 53
            edge += int(torch.randint(-2, 2, (1,), generator=self.generator))
            power[index, :, edge:] *= 1e-9

    def _shorten(self, mels):
        """Clips of 3 to 6 s: repeated whole, then silence, as the feature extractor pads them."""
        frames = mels.shape[1]
        draws = self._uniform(len(mels), 0, 1)
        for index in torch.nonzero(draws < 0.08).flatten().tolist():
            length = int(torch.randint(int(0.3 * frames), int(0.6 * frames), (1,), generator=self.generator))
            copies = frames // length
            repeated = mels[index, :length].repeat(copies, 1)
            mels[index, : copies * length] = repeated
            mels[index, copies * length :] = FLOOR_DB
