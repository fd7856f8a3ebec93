vim9script
# JSON that may come from anybody.

# Give the value, or null for what is no JSON.
export def Decoded(text: string): any
  var value: any = null
  try
    value = json_decode(text)
  catch /^Vim\%((\a\+)\)\=:E/
    value = null
  endtry
  return value
enddef

# Give a member's text, whatever else the sender has put there.
export def Text(value: any, name: string): string
  var found = type(value) == v:t_dict ? get(value, name, '') : ''
  return type(found) == v:t_string ? found : ''
enddef

export def Number(value: any, name: string): number
  var found = type(value) == v:t_dict ? get(value, name, 0) : 0
  return type(found) == v:t_number ? found : type(found) == v:t_float ? float2nr(found) : 0
enddef

export def Items(value: any, name: string): list<any>
  var found = type(value) == v:t_dict ? get(value, name, []) : []
  return type(found) == v:t_list ? found : []
enddef

export def Member(value: any, name: string): dict<any>
  var found = type(value) == v:t_dict ? get(value, name, {}) : {}
  return type(found) == v:t_dict ? found : {}
enddef

export def True(value: any, name: string): bool
  var found = type(value) == v:t_dict ? get(value, name, false) : false
  return type(found) == v:t_bool && found == true
enddef
