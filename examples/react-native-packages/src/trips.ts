import { create } from "zustand";

interface Trips {
  readonly names: readonly string[];
  readonly add: (name: string) => void;
}

export const useTrips = create<Trips>((set) => ({
  names: ["Harz", "Rhön"],
  add: (name) => set(({ names }) => ({ names: [...names, name] })),
}));
