/** Names of time zones in Rails that name a region, lower case, and the IANA zone each stands for. */
const pairs = `
American Samoa=Pacific/Pago_Pago
Midway Island=Pacific/Midway
Hawaii=Pacific/Honolulu
Alaska=America/Juneau
Pacific Time (US & Canada)=America/Los_Angeles
Arizona=America/Phoenix
Mountain Time (US & Canada)=America/Denver
Central America=America/Guatemala
Central Time (US & Canada)=America/Chicago
Saskatchewan=America/Regina
Eastern Time (US & Canada)=America/New_York
Indiana (East)=America/Indiana/Indianapolis
Atlantic Time (Canada)=America/Halifax
Newfoundland=America/St_Johns
Greenland=America/Nuuk
Mid-Atlantic=Atlantic/South_Georgia
Cape Verde Is.=Atlantic/Cape_Verde
West Central Africa=Africa/Algiers
Solomon Is.=Pacific/Guadalcanal
New Caledonia=Pacific/Noumea
Marshall Is.=Pacific/Majuro
Tokelau Is.=Pacific/Fakaofo
Chatham Is.=Pacific/Chatham
Samoa=Pacific/Apia
`;

export const railsZones: ReadonlyMap<string, string> = new Map(
  pairs
    .trim()
    .split('\n')
    .map((pair): [string, string] => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at).toLowerCase(), pair.slice(at + 1)];
    }),
);
