/** Credentials that tell what they are by their first characters. */
export const TOKENS = new RegExp(
  [
    'eyJ[\\w-]{8,}\\.[\\w-]{4,}(?:\\.[\\w-]*){0,3}', // JWT, JWE
    '(?:AKIA|ASIA|AGPA|AIDA|AROA|ANPA|ABIA|ACCA)[A-Z\\d]{16}',
    'sk-(?=[\\w-]{0,200}\\d)[\\w-]{16,}',
    '(?:sk|rk|pk)_(?:live|test)_[\\w]{10,}',
    '(?:ak_live|ak_test|ek|ak)_[\\w-]{16,}', // our own API and embed keys
    'apv_[\\w-]{16,}', // our own links of approvals
    'whsec_[\\w+/=-]{10,}',
    'AIza[\\w-]{30,}',
    'ya29\\.[\\w-]{20,}',
    '1//[\\w-]{30,}',
    'GOCSPX-[\\w-]{20,}',
    'gh[pousr]_[A-Za-z\\d]{16,}',
    'github_pat_\\w{20,}',
    'gl(?:pat|ptt|dt|rt|cbt|soat|ft|imt|agent|oas)-[\\w-]{16,}',
    'xox[abeoprs]-[\\w-]{10,}',
    'xapp-[\\w-]{10,}',
    'SG\\.[\\w-]{16,}\\.[\\w-]{16,}',
    'key-[\\da-f]{32}',
    '[\\da-f]{32}-us\\d{1,2}',
    '(?:SK|AC)[\\da-f]{32}',
    'npm_[A-Za-z\\d]{30,}',
    'pypi-[\\w-]{20,}',
    '(?:hf|api_org)_[A-Za-z\\d]{20,}',
    'r8_[A-Za-z\\d]{20,}',
    'shp(?:at|ss|ca|pa)_[\\da-fA-F]{20,}',
    'sq0(?:atp|csp|idp)-[\\w-]{20,}',
    'EAAA[\\w-]{40,}',
    'do[opr]_v1_[\\da-f]{40,}',
    'hv[sbr]\\.[\\w-]{20,}',
    'AGE-SECRET-KEY-1[\\dA-Z]{40,}',
    'dapi[\\da-f]{32}',
    'lin_(?:api|oauth)_[\\w]{20,}',
    '(?:secret|ntn)_[A-Za-z\\d]{30,}',
    'pat[A-Za-z\\d]{14}\\.[\\da-f]{40,}',
    'fig[du]_[\\w-]{20,}',
    'PMAK-[\\w-]{30,}',
    'NRAK-[A-Z\\d]{20,}',
    'gl(?:sa|c)_[\\w+/=-]{20,}',
    'sntry[su]_[\\w+/=-]{20,}',
    // A digit, because these first letters also begin ordinary names of things.
    '(?:gsk|xai|pplx|nvapi|fw|csk|tvly|jina|sbp|pscale_tkn|pscale_pw|ops|dp\\.(?:pt|st|ct|sa)|rnd|fo1|nfp|phc|phx|lsv2_pt|pcsk)[_.-](?=[\\w=.-]{0,200}\\d)[\\w=.-]{24,}',
    'AT(?:ATT3x|BB)[\\w=-]{20,}',
    '[A-Za-z\\d]{14}\\.atlasv1\\.[\\w-]{40,}',
    'AKC[A-Za-z\\d]{40,}',
    'LTAI[A-Za-z\\d]{12,}',
    'AKID[A-Za-z\\d]{12,}',
    '(?:bot)?\\d{8,10}:AA[\\w-]{30,}',
    '[MNO][\\w-]{23,27}\\.[\\w-]{6,7}\\.[\\w-]{27,}',
    'EAA[A-Za-z\\d]{60,}',
    'AAAA[\\w-]{7}:[\\w-]{100,}',
    '[\\w-]{3}8Q~[\\w.~-]{30,}', // Entra client secret
  ]
    .map((shape) => `(?:${shape})`)
    .join('|')
    .replace(/^/, '(?<![A-Za-z\\d])(?:')
    .concat(')'),
  'g',
);
